namespace B2D.FirmwareSim.Fleets;

/// <summary>The words a town is made of.</summary>
internal static class TownWords
{
    public static readonly IReadOnlyList<string> Places =
    [
        "Bonfim, Porto", "Cedofeita, Porto", "Paranhos, Porto", "Campanhã, Porto", "Massarelos, Porto", "Foz do Douro, Porto", "Ramalde, Porto",
        "Alvalade, Lisboa", "Arroios, Lisboa", "Benfica, Lisboa", "Estrela, Lisboa", "Olivais, Lisboa", "Marvila, Lisboa", "Belém, Lisboa",
    ];

    public static readonly IReadOnlyList<string> Streets =
    [
        "Rua da Alegria", "Rua de Santa Catarina", "Rua do Heroísmo", "Avenida da Boavista", "Rua da Constituição", "Travessa do Carmo", "Rua das Flores",
        "Rua do Bonjardim", "Avenida de Roma", "Rua de São Bento", "Rua Morais Soares", "Largo da Graça", "Rua do Ouro", "Calçada da Ajuda",
    ];

    public static readonly IReadOnlyList<string> FirstNames =
    [
        "Ana", "Beatriz", "Carla", "Catarina", "Daniel", "Diogo", "Eduardo", "Filipa", "Francisco", "Gonçalo", "Helena", "Inês", "Joana", "João", "José",
        "Laura", "Leonor", "Luís", "Margarida", "Maria", "Marta", "Miguel", "Nuno", "Olga", "Paulo", "Pedro", "Rita", "Rui", "Sara", "Sofia", "Tiago", "Vera",
    ];

    public static readonly IReadOnlyList<string> LastNames =
    [
        "Almeida", "Alves", "Araújo", "Barbosa", "Cardoso", "Carvalho", "Castro", "Coelho", "Correia", "Costa", "Cunha", "Dias", "Duarte", "Fernandes",
        "Ferreira", "Fonseca", "Gomes", "Lopes", "Machado", "Marques", "Martins", "Melo", "Mendes", "Moreira", "Neves", "Nogueira", "Oliveira", "Pereira",
        "Pinto", "Ramos", "Ribeiro", "Rocha", "Santos", "Silva", "Sousa", "Teixeira", "Vieira",
    ];

    public static readonly IReadOnlyList<string> Languages = ["pt", "pt", "pt", "pt", "en", "en", "es", "fr", "de"];
    public static readonly IReadOnlyList<string> Cafes = ["Café", "Padaria", "Pastelaria", "Escritório", "Hotel", "Clínica"];
    public static readonly IReadOnlyList<string> CarParks = ["Parque", "Garagem", "Condomínio"];
    public static readonly IReadOnlyList<string> Routers = ["RT-AX3", "RT-AX3", "RT-AX6", "RT-AC2"];
    public static readonly IReadOnlyList<string> RouterFirmware = ["4.2.1", "4.2.1", "4.3.0", "4.1.7"];
    public static readonly IReadOnlyList<string> HeatPumps = ["HP-2", "HP-2", "HP-3"];
    public static readonly IReadOnlyList<string> HeatPumpFirmware = ["2.8.0", "2.9.1"];
    public static readonly IReadOnlyList<string> CoffeeMachines = ["CM-Barista", "CM-Barista", "CM-Office"];
    public static readonly IReadOnlyList<string> CoffeeMachineFirmware = ["1.14.2", "1.15.0"];
    public static readonly IReadOnlyList<string> Chargers = ["EV-11", "EV-11", "EV-22", "EV-7"];
    public static readonly IReadOnlyList<string> ChargerFirmware = ["3.0.4", "3.1.0"];
}
