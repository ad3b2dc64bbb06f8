#include "spawner.h"

int main(int count, char **arguments) {
    return lynx_spawner_main(count, arguments);
}
